class CreatePushes < ActiveRecord::Migration[7.1]
  def change
    create_table :pushes, comment: 'subscribe_msg_popup_event and the like' do |t|
      t.string :to_user_name, null: false, default: ''
      t.string :from_user_name, null: false
      t.integer :create_time, null: false, default: 0
      t.string :msg_type, default: 'event'
      t.string :event, limit: 40
      t.string :template_id, limit: 43
    end
    add_index :pushes, %i[event from_user_name]
  end
end
